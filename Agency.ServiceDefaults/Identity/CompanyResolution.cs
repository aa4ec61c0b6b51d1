using Agency.Data;
using Agency.ServiceDefaults.Hosting;

namespace Agency.ServiceDefaults.Identity;

/// <summary>The rule behind <see cref="CompanyScope"/>, without its surroundings.</summary>
public static class CompanyResolution
{
    public static Result<CompanyId> ResolveCompany(Caller caller, string? clientArgument, AgencyMode mode)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(mode);
        if (caller.Company is { } own)
        {
            return string.IsNullOrEmpty(clientArgument) || string.Equals(clientArgument, own.Value, StringComparison.Ordinal)
                ? own
                : UnknownCompany(clientArgument);
        }

        if (string.IsNullOrEmpty(clientArgument))
        {
            return mode.DefaultCompany is { } byDefault
                ? byDefault
                : Error.Invalid("The argument client is missing: name the client company. Call list_companies to see their ids.");
        }

        return CompanyId.TryParse(clientArgument, out var company) ? company : UnknownCompany(clientArgument);
    }

    /// <summary>
    /// The one answer for a company that does not exist and for one that is not the caller's: same kind, same text. Every lookup of a company
    /// that finds nothing answers with this.
    /// </summary>
    public static Error UnknownCompany(string? client) => CompanyId.TryParse(client, out var company)
        ? Error.NotFound($"There is no client company '{company}' for you. Call list_companies to see the ids you can use.")
        : Error.NotFound($"The value given is no client company's id ({CompanyId.Rule}). Call list_companies to see the ids you can use.");
}
