using Microsoft.Extensions.Configuration;

namespace Agency.AppHost.Resources;

internal static class ModelExtensions
{
    /// <summary>True for a program that does its work and ends, such as the migrations: something waits for its completion.</summary>
    public static bool RunsToCompletion(this DistributedApplicationModel model, IResource resource) => model.Resources
        .SelectMany(r => r.Annotations.OfType<WaitAnnotation>())
        .Any(wait => wait.Resource == resource && wait.WaitType == WaitType.WaitForCompletion);

    public static bool IsProduction(this IConfiguration configuration) =>
        string.Equals(configuration["PRODUCTION_MODE"], "true", StringComparison.OrdinalIgnoreCase);
}
