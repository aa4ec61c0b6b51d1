namespace Agency.Data.Scheduling;

/// <summary>What a hold means to the work that it stops, as SQL: one rule for who plans, who claims, who watches and who tells.</summary>
public static class HoldSql
{
    /// <summary>
    /// Taken by each claim, alone: two schedulers at once would each fill a company's last place. It takes milliseconds. Whoever takes it when a
    /// hold has been committed knows that the claims that did not see the hold have ended, and nothing starts any more.
    /// </summary>
    public const string LockClaims = "select pg_advisory_xact_lock(hashtext('agency claim'))";

    /// <summary>
    /// Whether the hold <c>h</c> stops the work of a company at an instant; both are SQL expressions. One that begins when it is made does so for
    /// those, too, who read the clock before and then waited for their turn, or whose clock is behind.
    /// </summary>
    public static string InForce(string company, string at) =>
        $"(h.company_id is null or h.company_id = {company}) and (h.starts_at <= {at} or h.starts_at <= h.created_at) and (h.ends_at is null or h.ends_at > {at})";

    /// <summary>Whether no hold stops the work of a company at an instant; both are SQL expressions.</summary>
    public static string NotHeld(string company, string at) => $"not exists (select from work_hold h where {InForce(company, at)})";
}
