namespace Agency.Operations.Demo;

internal static class DemoExtensions
{
    /// <summary>The demo clients, seeded at the first start outside production.</summary>
    public static WebApplicationBuilder AddDemo(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DemoTools>();
        builder.Services.AddHostedService<DemoSeeder>();
        return builder;
    }
}
