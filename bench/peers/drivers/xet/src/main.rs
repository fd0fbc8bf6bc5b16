//! Cuts a file by the chunker of crate xet-data and prints the length of each chunk, one a line: `xet FILE TARGET`.
//!
//! Of the crate, its file of the chunker alone is compiled, from the folder that the environment names as `XET_DATA`: the rest
//! is a client of a server, with some four hundred crates. What that file takes from others is below.

use std::io::{BufWriter, Write};

use bytes::Bytes;

/// xet-core-structures names a chunk by its digest besides, which no cut depends on.
pub struct Chunk {
    pub data: Bytes,
}

impl Chunk {
    fn new(data: Bytes) -> Self {
        Chunk { data }
    }
}

/// What it takes of the crate of that name: the defaults, and a function that no cut needs.
mod xet_core_structures {
    pub mod xorb_object {
        pub mod constants {
            use std::sync::LazyLock;

            pub static TARGET_CHUNK_SIZE: LazyLock<usize> = LazyLock::new(|| 64 * 1024);
            pub static MINIMUM_CHUNK_DIVISOR: LazyLock<usize> = LazyLock::new(|| 8);
            pub static MAXIMUM_CHUNK_MULTIPLIER: LazyLock<usize> = LazyLock::new(|| 2);

            pub fn next_stable_chunk_boundary() {}
        }
    }
}

use xet_core_structures::xorb_object::constants;

#[allow(dead_code, unused_imports)]
mod chunking {
    use super::xet_core_structures;

    include!(concat!(env!("XET_DATA"), "/src/deduplication/chunking.rs"));
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, target] = words.as_slice() else {
        panic!("a file and the target size");
    };
    let bytes = Bytes::from(std::fs::read(file).expect("the file is read"));
    let mut chunker = chunking::Chunker::new(target.parse().expect("a number"));
    let mut out = BufWriter::new(std::io::stdout());
    for chunk in chunker.next_block_bytes(&bytes, true) {
        writeln!(out, "{}", chunk.data.len()).expect("written");
    }
}
