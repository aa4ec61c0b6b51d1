namespace Agency.AppHost.Startup;

/// <summary>What stands in the way of a start is shown as one message, without a stack trace, and ends the program with exit code 1.</summary>
internal static class StartupErrors
{
    public static void ShowWithoutStackTrace()
    {
        if (!LocalRun.IsProgram)
            return;

        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            if (e.ExceptionObject is not DistributedApplicationException failure)
                return;
            Screen.WriteError($"\nThe agency did not start.\n{failure.Message}\n");
            Environment.Exit(1);
        };
    }
}
