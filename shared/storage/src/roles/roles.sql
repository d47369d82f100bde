-- The roles, none with a password: give each login its own with \password in psql.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[
        'tongxing_owner', 'tongxing_migrator', 'tongxing_app', 'tongxing_worker', 'tongxing_reader'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', wanted
        );
    END LOOP;
END $$;
ALTER ROLE tongxing_owner NOLOGIN;
ALTER ROLE tongxing_migrator LOGIN;
ALTER ROLE tongxing_app LOGIN;
ALTER ROLE tongxing_worker LOGIN;
ALTER ROLE tongxing_reader LOGIN;
ALTER ROLE tongxing_reader SET default_transaction_read_only = on;

-- What the migrator makes belongs to the owner.
GRANT tongxing_owner TO tongxing_migrator;
ALTER ROLE tongxing_migrator SET role = 'tongxing_owner';

-- This database: for these roles only, and new tables by the owner only.
DO $$
DECLARE
    found text;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO tongxing_migrator, tongxing_app, tongxing_worker, tongxing_reader',
        current_database()
    );
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER TABLE public.%I OWNER TO tongxing_owner', found);
    END LOOP;
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO tongxing_owner;
GRANT USAGE ON SCHEMA public TO tongxing_app, tongxing_worker, tongxing_reader;
