using Agency.Worker.Confining;
using Agency.Worker.Hosting;

using var output = StandardStreams.Output();
using var errors = StandardStreams.Errors();
if (Launcher.Run(args, errors) is { } failure) return failure;

var process = new WorkerProcess(StandardStreams.Input(), output, errors, TimeProvider.System);
return process.Run();
