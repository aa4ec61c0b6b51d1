using Agency.Worker.Confining;
using Agency.Worker.Hosting;
using Agency.WorkerProtocol;

if (Confinement.TryParse(args, out var confinement)) return Launcher.Run(confinement, Console.OpenStandardError());

// The raw streams: Console's writers start a signal thread and would let a stray message in among the protocol's lines.
var process = new WorkerProcess(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError(), TimeProvider.System);
return process.Run();
