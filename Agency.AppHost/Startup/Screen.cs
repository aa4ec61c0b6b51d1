namespace Agency.AppHost.Startup;

/// <summary>What a person at the terminal reads. In a test nothing is written.</summary>
internal static class Screen
{
    private static readonly Lock Gate = new();

    public static bool IsColoured { get; } = LocalRun.IsProgram && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    public static void Write(string text)
    {
        if (!LocalRun.IsProgram)
            return;
        lock (Gate)
            Console.WriteLine(text);
    }

    public static void WriteError(string text)
    {
        if (!LocalRun.IsProgram)
            return;
        lock (Gate)
            Console.Error.WriteLine(text);
    }
}
