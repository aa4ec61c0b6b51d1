using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Identity;

/// <summary>Names the setting and the remedy, so that a deployment with a wrong key fails at start and not at the first call.</summary>
internal sealed class TokenOptionsValidator : IValidateOptions<TokenOptions>
{
    private const string HowToMake =
        "Make a pair with 'openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out key.pem' and 'openssl ec -in key.pem -pubout'.";

    public ValidateOptionsResult Validate(string? name, TokenOptions options)
    {
        var failures = new List<string>();
        var publicIds = new HashSet<string>(StringComparer.Ordinal);
        foreach (var server in (ReadOnlySpan<string>)["operations", "scheduler"])
        {
            try
            {
                foreach (var key in TokenKeys.ReadPublic(options.PublicKeys.GetValueOrDefault(server)))
                {
                    if (!publicIds.Add(key.KeyId))
                    {
                        failures.Add($"Tokens:PublicKeys:{server} repeats a key. Give operations and scheduler a key pair each.");
                    }
                }
            }
            catch (FormatException e)
            {
                failures.Add($"Tokens:PublicKeys:{server} must be the ES256 public key (PEM) of {server}: {e.Message}. {HowToMake}");
            }
        }

        if (!string.IsNullOrWhiteSpace(options.SigningKey))
        {
            try
            {
                if (!publicIds.Contains(TokenKeys.ReadPrivate(options.SigningKey).KeyId) && failures.Count == 0)
                {
                    failures.Add("Tokens:SigningKey fits neither Tokens:PublicKeys:operations nor Tokens:PublicKeys:scheduler: no server would accept its tokens. Set the public key that belongs to it.");
                }
            }
            catch (FormatException e)
            {
                failures.Add($"Tokens:SigningKey must be an ES256 private key (PKCS#8 PEM): {e.Message}. {HowToMake}");
            }
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}
