namespace Agency.Operations.Authorization;

/// <summary>Where the authorization server answers, below the public address of Operations.</summary>
internal static class AuthorizationPaths
{
    public const string Authorize = "/oauth/authorize";
    public const string Token = "/oauth/token";
    public const string Register = "/oauth/register";
    public const string Keys = "/.well-known/jwks.json";
}
