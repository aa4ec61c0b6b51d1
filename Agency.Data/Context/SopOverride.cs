using Agency.Data.Auditing;

namespace Agency.Data.Context;

/// <summary>A client's own version of a standard operating procedure; it takes the place of the default one of the same name.</summary>
public sealed class SopOverride
{
    public required CompanyId CompanyId { get; init; }

    public required string Name { get; init; }

    [Content]
    public required string Markdown { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }
}
