using System.Text.Json.Serialization;

namespace Agency.Operations.Authorization.Registration;

/// <summary>What a client says of itself (RFC 7591). Everything else that it sends is left unread.</summary>
internal sealed record ClientMetadata
{
    [JsonPropertyName("redirect_uris")]
    public IReadOnlyList<string>? RedirectUris { get; init; }

    [JsonPropertyName("client_name")]
    public string? ClientName { get; init; }

    [JsonPropertyName("grant_types")]
    public IReadOnlyList<string>? GrantTypes { get; init; }

    [JsonPropertyName("response_types")]
    public IReadOnlyList<string>? ResponseTypes { get; init; }
}

/// <summary>What it was registered with: where the request asked for something else, this is what holds.</summary>
internal sealed record RegisteredClient(
    [property: JsonPropertyName("client_id")] string ClientId,
    [property: JsonPropertyName("client_id_issued_at")] long IssuedAt,
    [property: JsonPropertyName("client_name")] string ClientName,
    [property: JsonPropertyName("redirect_uris")] IReadOnlyList<string> RedirectUris,
    [property: JsonPropertyName("grant_types")] IReadOnlyList<string> GrantTypes,
    [property: JsonPropertyName("response_types")] IReadOnlyList<string> ResponseTypes,
    [property: JsonPropertyName("token_endpoint_auth_method")] string AuthMethod,
    [property: JsonPropertyName("scope")] string Scope);

/// <summary>An error as RFC 7591 words it.</summary>
internal sealed record RegistrationError(
    [property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("error_description")] string Description);
