-- Every tenant's table shows a role that does not own it the rows of one agency: the one the
-- transaction was told with SET LOCAL. Told none, it shows nothing. A setting that an earlier
-- transaction of the connection had reads as '' afterwards.
DO $$
DECLARE
    open_table text;
    own text := 'agency_id = NULLIF(current_setting(''tongxing.agency'', true), '''')::uuid';
BEGIN
    FOR open_table IN
        SELECT c.relname
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace
          AND c.relkind IN ('r', 'p')
          AND a.attname = 'agency_id'
          AND NOT a.attisdropped
          AND NOT c.relrowsecurity
    LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', open_table);
        EXECUTE format(
            'CREATE POLICY own_agency ON public.%I USING (%s) WITH CHECK (%s)', open_table, own, own
        );
        -- What finds a person's agency is read before the agency is known.
        IF open_table = 'logins' THEN
            EXECUTE format(
                'CREATE POLICY finds_the_agency ON public.%I FOR SELECT USING (true)', open_table
            );
        END IF;
    END LOOP;

    -- The agencies themselves: the worker serves them one by one.
    IF EXISTS (
        SELECT FROM pg_class
        WHERE oid = to_regclass('public.agencies') AND NOT relrowsecurity
    ) THEN
        ALTER TABLE public.agencies ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own_agency ON public.agencies
            USING (id = NULLIF(current_setting('tongxing.agency', true), '')::uuid)
            WITH CHECK (id = NULLIF(current_setting('tongxing.agency', true), '')::uuid);
        CREATE POLICY finds_the_agency ON public.agencies FOR SELECT USING (true);
    END IF;
END $$;
