-- What each role may do. Nothing here is taken for granted from before.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM tongxing_app, tongxing_worker, tongxing_reader;

-- Requests read, add and change; they remove nothing. The migrations' own table is only read.
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO tongxing_app;
-- Jobs do the same with what time changes.
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO tongxing_worker;
REVOKE INSERT, UPDATE ON __diesel_schema_migrations FROM tongxing_app, tongxing_worker;

DO $$
DECLARE
    named text;
BEGIN
    -- Evidence and what was published: added, never changed.
    FOREACH named IN ARRAY ARRAY['replies', 'rule_packs', 'sealing_keys', 'test_records'] LOOP
        EXECUTE format('REVOKE UPDATE ON public.%I FROM tongxing_app, tongxing_worker', named);
    END LOOP;

    -- What only people decide: jobs read it.
    FOREACH named IN ARRAY ARRAY[
        'message_budgets', 'message_resends', 'sending_pauses',
        'agencies', 'calendars', 'covers', 'file_openings', 'provider_templates', 'rule_packs', 'staff',
        'template_versions', 'templates', 'test_records'
    ] LOOP
        EXECUTE format('REVOKE INSERT, UPDATE ON public.%I FROM tongxing_worker', named);
    END LOOP;
    -- Nor do jobs sign anybody in: they know nothing that does, and what signs in is theirs to delete.
    FOREACH named IN ARRAY ARRAY[
        'client_numbers', 'credentials', 'integrator_credentials', 'integrators', 'logins',
        'recovery_codes', 'second_factors'
    ] LOOP
        EXECUTE format('REVOKE ALL ON public.%I FROM tongxing_worker', named);
    END LOOP;
    FOREACH named IN ARRAY ARRAY[
        'client_sessions', 'refresh_tokens', 'sessions', 'sign_in_budgets', 'sign_in_counters'
    ] LOOP
        EXECUTE format('REVOKE INSERT, UPDATE ON public.%I FROM tongxing_worker', named);
    END LOOP;
    -- But who unsubscribed is taken at their word: jobs end a binding and the sign-ins it opened. Who
    -- follows the service account they bind to it; a binding that is there they do not make another's.
    REVOKE UPDATE ON public.wechat_bindings FROM tongxing_worker;
    GRANT UPDATE (ended_at, ended_reason, openid_index, openid_sealed, unionid_sealed, unionid_index)
        ON public.wechat_bindings TO tongxing_worker;
    GRANT UPDATE (revoked_at, revoked_reason) ON public.client_sessions TO tongxing_worker;
    -- When they ran, jobs say themselves.
    REVOKE INSERT, UPDATE ON public.job_runs FROM tongxing_app;
    -- A code they take off the queue, and issue none.
    REVOKE INSERT ON public.sign_in_codes FROM tongxing_worker;
    -- What providers post is taken in by requests and acted on by jobs.
    REVOKE UPDATE ON public.gateway_posts FROM tongxing_app;
    REVOKE INSERT ON public.gateway_posts FROM tongxing_worker;
    -- So only jobs ask vendors about it.
    REVOKE INSERT, UPDATE ON public.receipt_checks FROM tongxing_app;

    -- Reports read the work, never how people sign in nor what they were answered.
    FOREACH named IN ARRAY ARRAY[
        'agencies', 'appointments', 'attempt_outcomes', 'calendars', 'cases', 'clients',
        'escalation_items', 'escalations', 'excuses', 'messages', 'offices', 'receipt_checks', 'receipts',
        'provider_templates', 'rule_packs', 'tasks', 'template_versions', 'templates',
        'test_records', 'transitions'
    ] LOOP
        EXECUTE format('GRANT SELECT ON public.%I TO tongxing_reader', named);
    END LOOP;

    -- What jobs delete when its time has run out.
    FOREACH named IN ARRAY ARRAY[
        'client_sessions', 'family_contacts', 'gateway_posts', 'idempotency_keys', 'refresh_tokens',
        'replies',
        'sessions', 'sign_in_budgets', 'sign_in_codes', 'sign_in_counters'
    ] LOOP
        EXECUTE format('GRANT DELETE ON public.%I TO tongxing_worker', named);
    END LOOP;
END $$;
