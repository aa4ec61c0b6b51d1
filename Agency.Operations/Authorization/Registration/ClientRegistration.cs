using System.Globalization;
using System.Text.Json;
using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Agency.Operations.Authorization.Registration;

/// <summary>
/// Registers public clients. Whoever can reach the server can register, so a registration gives nothing by itself: a person consents to each, and one that
/// nobody consents to within a day is removed.
/// </summary>
internal sealed class ClientRegistration(IOpenIddictApplicationManager clients, AgencyDbContext context, TimeProvider time)
{
    public const string RegisteredAt = "registered_at";

    private const int MaxNameLength = 80;
    private const int MaxUnused = 1000;

    /// <summary>From the registration to the consent.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromHours(1);

    private static readonly string[] Grants = [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken];

    public async Task<(RegisteredClient? Client, RegistrationError? Error)> RegisterAsync(ClientMetadata metadata, CancellationToken cancellationToken)
    {
        if (RedirectUris.Fault(metadata.RedirectUris) is { } fault)
        {
            return (null, new RegistrationError("invalid_redirect_uri", fault));
        }

        var name = string.IsNullOrWhiteSpace(metadata.ClientName) ? "An unnamed client" : metadata.ClientName.Trim();
        if (name.Length > MaxNameLength || name.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator))
        {
            return (null, Invalid($"client_name may have at most {MaxNameLength} characters, none of them control or format characters."));
        }

        if (metadata.GrantTypes is { } grants && !grants.Contains(GrantTypes.AuthorizationCode))
        {
            return (null, Invalid("grant_types must contain authorization_code: people sign in at this server."));
        }

        if (metadata.ResponseTypes is { } responses && !responses.Contains(ResponseTypes.Code))
        {
            return (null, Invalid("response_types must contain code."));
        }

        var now = time.GetUtcNow();
        if (!await MakeRoomAsync(now, cancellationToken))
        {
            return (null, new RegistrationError("temporarily_unavailable", "Too many clients have registered within the hour and were not used. Try again in an hour."));
        }

        var id = Guid.CreateVersion7(now).ToString("N");
        await clients.CreateAsync(Describe(id, name, metadata.RedirectUris!, now), cancellationToken);
        return (new RegisteredClient(
            id, now.ToUnixTimeSeconds(), name, metadata.RedirectUris!, Grants, [ResponseTypes.Code], ClientAuthenticationMethods.None, string.Join(' ', AgencyScopes.All)), null);
    }

    /// <summary>
    /// Where there are too many that nobody has consented to, the oldest goes, unless it may still be on its way to the consent: one address, which may register
    /// ten a minute, cannot keep others out.
    /// </summary>
    private async Task<bool> MakeRoomAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var unused = context.Set<OpenIddictEntityFrameworkCoreApplication>().Where(client => client.Authorizations.Count == 0);
        if (await unused.CountAsync(cancellationToken) < MaxUnused)
        {
            return true;
        }

        var late = now - OnItsWay;
        return await context.Database.ExecuteSqlAsync(
            $"""
            delete from oauth_client where id in (
                select c.id from oauth_client c
                where (c.properties::jsonb ->> 'registered_at')::timestamptz < {late}
                  and not exists (select from oauth_authorization a where a.application_id = c.id) and not exists (select from oauth_token t where t.application_id = c.id)
                order by (c.properties::jsonb ->> 'registered_at')::timestamptz limit 1 for update skip locked)
            """,
            cancellationToken) > 0;
    }

    private static OpenIddictApplicationDescriptor Describe(string id, string name, IReadOnlyList<string> redirectUris, DateTimeOffset now)
    {
        var descriptor = new OpenIddictApplicationDescriptor
        {
            ClientId = id,
            ClientType = ClientTypes.Public,
            ApplicationType = RedirectUris.AreLoopback(redirectUris) ? ApplicationTypes.Native : ApplicationTypes.Web,
            ConsentType = ConsentTypes.Explicit,
            DisplayName = name,
            Permissions =
            {
                Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.ResponseTypes.Code,
                Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken,
            },
            Requirements = { Requirements.Features.ProofKeyForCodeExchange },
            Properties = { [RegisteredAt] = JsonSerializer.SerializeToElement(now) },
        };
        descriptor.AddScopePermissions([.. AgencyScopes.All]);
        foreach (var uri in redirectUris.Select(text => new Uri(text)))
        {
            descriptor.RedirectUris.Add(uri);
            if (uri.IsLoopback)
            {
                // Registered without a port it matches every port (RFC 8252): a program on the person's machine takes the one that is free.
                descriptor.RedirectUris.Add(new UriBuilder(uri) { Port = -1 }.Uri);
            }
        }

        return descriptor;
    }

    private static RegistrationError Invalid(string description) => new("invalid_client_metadata", description);
}
