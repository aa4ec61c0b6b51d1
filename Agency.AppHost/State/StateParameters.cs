using Aspire.Hosting.Publishing;

namespace Agency.AppHost.State;

/// <summary>Secrets that are generated once and kept in the state folder.</summary>
internal static class StateParameters
{
    /// <summary>
    /// A secret parameter. Locally it is generated once and kept in the state folder, unless <c>Parameters:name</c> is configured; in a
    /// deployment it is to be given.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddSecret(this IDistributedApplicationBuilder builder, LocalRun? local, string name, Func<string>? generate = null)
    {
        if (local is null)
            return builder.AddParameter(name, secret: true);

        var password = new GenerateParameterDefault { MinLength = 24, Special = false };
        return builder.AddParameter(name, new StateParameterDefault(local.State, name, generate ?? password.GetDefaultValue), secret: true).WithHidden();
    }

    private sealed class StateParameterDefault(StateFolder state, string name, Func<string> generate) : ParameterDefault
    {
        public override string GetDefaultValue()
        {
            string value = generate();
            state.SaveParameter(name, value);
            return value;
        }

        public override void WriteToManifest(ManifestPublishingContext context) =>
            throw new NotSupportedException("A deployment is given its secrets; none is generated for it.");
    }
}
