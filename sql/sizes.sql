-- How long chunks are in each image: their number, and the lengths that 5, 50 and 95 of 100 do not exceed.
WITH counted AS (
  SELECT chunker, image, length, COUNT(*) AS occurrences
  FROM chunks
  GROUP BY chunker, image, length
),
ranked AS (
  SELECT
    chunker, image, length, occurrences,
    SUM(occurrences) OVER (
      PARTITION BY chunker, image ORDER BY length ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS reached,
    SUM(occurrences) OVER (PARTITION BY chunker, image) AS total
  FROM counted
)
SELECT
  chunkers.id AS chunker,
  images.id AS image,
  CAST(MAX(ranked.total) AS BIGINT) AS chunks,
  CAST(SUM(ranked.length * ranked.occurrences) AS BIGINT) AS stream_bytes,
  MIN(CASE WHEN 100 * ranked.reached >= 5 * ranked.total THEN ranked.length END) AS p5,
  MIN(CASE WHEN 100 * ranked.reached >= 50 * ranked.total THEN ranked.length END) AS p50,
  MIN(CASE WHEN 100 * ranked.reached >= 95 * ranked.total THEN ranked.length END) AS p95,
  MAX(ranked.length) AS longest
FROM ranked
JOIN chunkers ON chunkers.chunker = ranked.chunker
JOIN images ON images.image = ranked.image
GROUP BY chunkers.chunker, chunkers.id, images.image, images.id
ORDER BY chunkers.chunker, images.image
