module ocibench/peers/chunkers

go 1.26.5

require (
	github.com/PlakarKorp/go-cdc-chunkers v1.1.0
	github.com/buildbarn/go-cdc v0.0.10
	github.com/restic/chunker v0.4.0
)

require (
	github.com/klauspost/cpuid/v2 v2.0.12 // indirect
	github.com/zeebo/blake3 v0.2.4 // indirect
)
