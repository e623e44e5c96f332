-- The peer of the performance table: an audit table as it is often built, each row with the hash of the row before, kept by
-- a trigger. Appends follow one another, since each needs the hash of the last.
CREATE EXTENSION pgcrypto;
CREATE TABLE audit (
    seq bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), actor text NOT NULL, action text NOT NULL,
    payload text NOT NULL, prev bytea NOT NULL, hash bytea NOT NULL
);
CREATE FUNCTION chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
    PERFORM pg_advisory_xact_lock(1);
    SELECT seq, hash INTO last FROM audit ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last.seq + 1, 0);
    NEW.prev := coalesce(last.hash, '\x'::bytea);
    NEW.hash := digest(NEW.prev || convert_to(concat_ws('|', NEW.seq, NEW.at, NEW.actor, NEW.action, NEW.payload), 'UTF8'),
        'sha256');
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION chain();
