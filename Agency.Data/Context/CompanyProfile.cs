using System.Text.Json;
using Agency.Data.Auditing;

namespace Agency.Data.Context;

/// <summary>What every run of a client is told of it before its first step.</summary>
[Content]
public sealed class CompanyProfile
{
    public required CompanyId CompanyId { get; init; }

    public string? Industry { get; set; }

    public string? Website { get; set; }

    /// <summary>Who the client is, in a few sentences.</summary>
    public string? Summary { get; set; }

    /// <summary>How texts for the client should sound.</summary>
    public string? ToneOfVoice { get; set; }

    public List<string> Goals { get; set; } = [];

    /// <summary>An array of objects with name, role and email.</summary>
    public JsonElement? Contacts { get; set; }

    /// <summary>Anything else worth telling, as an object of names and values.</summary>
    public JsonElement? Attributes { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }
}
