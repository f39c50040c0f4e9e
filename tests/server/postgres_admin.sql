-- What only the superuser can set up for the transcripts in tests/server/postgres.
alter table payroll owner to root;
revoke all on payroll from assay;
alter schema closed owner to root;
alter table closed.secrets owner to root;
alter table tenants owner to root;
grant select on tenants to assay;
alter table tenants enable row level security;
create policy own on tenants using (owner = current_user);
alter view tenant_view owner to root;
alter view tenant_view set (security_invoker = true);
grant select on tenant_view to assay;
create role crowded login connection limit 0;
create function writes() returns int language sql volatile as
    'insert into public.orders values (0, ''x'') returning 1';
