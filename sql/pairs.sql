-- What each two images share: bytes of distinct chunks that both have, and that each has.
WITH objects AS (
  SELECT chunker, prefix, digest_high, digest_low, length, image
  FROM chunks
  GROUP BY chunker, prefix, digest_high, digest_low, length, image
),
sizes AS (
  SELECT chunker, image, CAST(SUM(length) AS BIGINT) AS object_bytes
  FROM objects
  GROUP BY chunker, image
),
shared AS (
  SELECT
    later.chunker,
    earlier.image AS earlier,
    later.image AS later,
    CAST(SUM(later.length) AS BIGINT) AS shared_bytes
  FROM objects AS later
  JOIN objects AS earlier
    ON earlier.chunker = later.chunker
    AND earlier.prefix = later.prefix
    AND earlier.digest_high = later.digest_high
    AND earlier.digest_low = later.digest_low
    AND earlier.length = later.length
    AND earlier.image < later.image
  GROUP BY later.chunker, earlier.image, later.image
)
SELECT
  chunkers.id AS chunker,
  others.id AS image,
  images.id AS later_image,
  COALESCE(shared.shared_bytes, 0) AS shared_bytes,
  one.object_bytes AS object_bytes,
  two.object_bytes AS later_object_bytes
FROM sizes AS two
JOIN sizes AS one ON one.chunker = two.chunker AND one.image < two.image
LEFT JOIN shared
  ON shared.chunker = two.chunker AND shared.earlier = one.image AND shared.later = two.image
JOIN chunkers ON chunkers.chunker = two.chunker
JOIN images ON images.image = two.image
JOIN images AS others ON others.image = one.image
ORDER BY chunkers.chunker, others.image, images.image
