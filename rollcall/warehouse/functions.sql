-- Functions that rules in expectations/ call. Safe to run again.

-- GB 32100-2015: registering authority (1 to 9, A, N, Y), kind, division code, organisation code, check character.
-- I, O, S, V and Z are not used. Weights are powers of 3 modulo 31; where the formula gives 31, the character is 0.
create or replace function ledger.credit_code_is_valid(code text) returns boolean
language sql immutable strict parallel safe
set search_path = pg_catalog
as $$
    select
        code ~ '^[1-9ANY][0-9]{7}[0-9A-HJ-NP-RTUWXY]{10}$'
        and strpos(alphabet, substr(code, 18, 1)) - 1 = (
            select (31 - sum((strpos(alphabet, substr(code, place::integer, 1)) - 1) * weight) % 31) % 31
            from unnest(array[1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
                with ordinality as weights (weight, place)
        )
    from (values ('0123456789ABCDEFGHJKLMNPQRTUWXY')) as characters (alphabet)
$$;
comment on function ledger.credit_code_is_valid is '统一社会信用代码。Whether the check character of a credit code holds; null for null.';

-- A build that was overtaken may write nothing: whoever writes for one holds the row until the commit.
create or replace function ledger.hold_build_number(wanted bigint) returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform from ledger.build_under_way where build_no = wanted for share;
    if not found then
        raise exception 'build % is not the one under way: it was overtaken by another, which does its work', wanted;
    end if;
end
$$;
comment on function ledger.hold_build_number is '构建号。Holds the number of the build under way until the transaction ends; refuses any other.';
