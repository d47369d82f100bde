DROP TABLE provider_templates;
DROP TABLE template_versions;
