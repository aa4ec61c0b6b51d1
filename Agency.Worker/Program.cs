using Agency.Worker.Hosting;

// The raw streams: Console's writers start a signal thread and would let a stray message in among the protocol's lines.
var process = new WorkerProcess(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError(), TimeProvider.System);
return process.Run();
