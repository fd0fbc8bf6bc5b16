-- What a corpus comes to in each chunker: bytes serialised, chunks, distinct chunks, and their bytes.
SELECT
  chunkers.id AS chunker,
  sums.stream_bytes,
  sums.chunks,
  sums.objects,
  sums.unique_bytes
FROM (
  SELECT
    chunker,
    CAST(SUM(length * occurrences) AS BIGINT) AS stream_bytes,
    CAST(SUM(occurrences) AS BIGINT) AS chunks,
    COUNT(*) AS objects,
    CAST(SUM(length) AS BIGINT) AS unique_bytes
  FROM (
    SELECT chunker, prefix, digest_high, digest_low, length, COUNT(*) AS occurrences
    FROM chunks
    GROUP BY chunker, prefix, digest_high, digest_low, length
  ) AS objects
  GROUP BY chunker
) AS sums
JOIN chunkers ON chunkers.chunker = sums.chunker
ORDER BY chunkers.chunker
