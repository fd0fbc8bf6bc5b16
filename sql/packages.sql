-- What is stored once and more often, by the source package of the file that a chunk begins in: bytes in all, distinct bytes, and
-- bytes of distinct chunks that some other package has as well.
WITH owned AS (
  SELECT
    chunks.chunker, chunks.prefix, chunks.digest_high, chunks.digest_low, chunks.length,
    COALESCE(paths.source_package, '') AS owner,
    COUNT(*) AS occurrences
  FROM chunks
  LEFT JOIN paths ON paths.image = chunks.image AND paths.path = chunks.path
  GROUP BY
    chunks.chunker, chunks.prefix, chunks.digest_high, chunks.digest_low, chunks.length,
    COALESCE(paths.source_package, '')
),
spread AS (
  SELECT
    chunker, length, owner, occurrences,
    COUNT(*) OVER (PARTITION BY chunker, prefix, digest_high, digest_low, length) AS owners
  FROM owned
)
SELECT
  chunkers.id AS chunker,
  sums.owner AS package,
  sums.stream_bytes,
  sums.unique_bytes,
  sums.shared_bytes
FROM (
  SELECT
    chunker,
    owner,
    CAST(SUM(length * occurrences) AS BIGINT) AS stream_bytes,
    CAST(SUM(length) AS BIGINT) AS unique_bytes,
    CAST(SUM(CASE WHEN owners > 1 THEN length ELSE 0 END) AS BIGINT) AS shared_bytes
  FROM spread
  GROUP BY chunker, owner
) AS sums
JOIN chunkers ON chunkers.chunker = sums.chunker
ORDER BY chunkers.chunker, sums.stream_bytes DESC, sums.owner
