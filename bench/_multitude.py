"""Very many people, what they gave and what they got, as rows that PostgreSQL makes by itself."""

EACH = 10
"""Finished deliveries that each person has had, one of each of so many broadcasts."""
KEPT = "the biggest"
"""How the ids of those broadcasts begin: everybody was on each."""

SEED = (
    """
    INSERT INTO person (id, key, key_epoch, language, met)
    SELECT md5('p' || i), '\\x00', 1, (array['en', 'fr', 'es', 'ar'])[1 + i % 4], CURRENT_DATE
    FROM generate_series(1, {people}) AS i
    """,
    """
    INSERT INTO participation (process_id, person_id, region, consented, joined)
    SELECT (SELECT id FROM process), md5('p' || i), (array['north', 'south'])[1 + i % 2], true, CURRENT_DATE
    FROM generate_series(1, {people}) AS i
    """,
    """
    INSERT INTO address (id, person_id, process_id, channel, index, external, reach, turns, spoke, consented)
    SELECT md5('a' || i), md5('p' || i), (SELECT id FROM process), (array['telegram', 'sms'])[1 + i / 2 % 2],
           md5('i' || i), '\\x02' || decode(repeat('00', 60), 'hex'), 'active', 5,
           now() - i % 90 * interval '1 day', true
    FROM generate_series(1, {people}) AS i
    """,
    """
    INSERT INTO broadcast (id, process_id, subject, renditions, audience, lane, made, reached, expanded)
    SELECT '{kept}' || n, (SELECT id FROM process), 'bulletin:x', '{{}}', '{{}}', 2,
           now() - n * interval '2 days', '', true
    FROM generate_series(1, {each}) AS n
    """,
    """
    INSERT INTO delivery (id, person_id, address_id, broadcast_id, channel, lane, turn, part, state, due, attempts,
                          provider_id, segments, ended)
    SELECT md5('d' || n || '-' || i), md5('p' || i), md5('a' || i), '{kept}' || n,
           (array['telegram', 'sms'])[1 + i / 2 % 2], 2, 0, 1,
           CASE WHEN i % 50 = 0 THEN 'failed' WHEN i % 3 = 0 THEN 'sent' ELSE 'delivered' END,
           now() - n * interval '2 days', 0, n || '-' || i, 1, CURRENT_DATE - n * 2
    FROM generate_series(1, {each}) AS n, generate_series(1, {people}) AS i
    """,
    """
    INSERT INTO event (id, seen)
    SELECT md5('e' || i), CURRENT_DATE - (i % 30)::integer FROM generate_series(1, {people} * 2) AS i
    """,
    """
    INSERT INTO contribution (id, process_id, person_id, topic, language, given)
    SELECT md5('c' || i), (SELECT id FROM process), md5('p' || i), 'objective_' || i % 23, 'en', CURRENT_DATE
    FROM generate_series(1, {people} / 2) AS i
    """,
)
"""{people}: how many there are; {each} and {kept} are `EACH` and `KEPT`."""
