using Silo.Embedded.Commands;
using Silo.Embedded.Commands.DemoTraffic;

var root = ServeCommand.Create();
root.Subcommands.Add(PayCommand.Create());
root.Subcommands.Add(JourneyCommand.Create());
root.Subcommands.Add(WatchCommand.Create());
root.Subcommands.Add(TrafficCommand.Create());
root.Subcommands.Add(AuditCommand.Create());
root.Subcommands.Add(BackupCommand.Create());
root.Subcommands.Add(RestoreCommand.Create());
root.Subcommands.Add(DoctorCommand.Create());
root.Subcommands.Add(KeysCommand.Create());
root.Subcommands.Add(AcquirerCommand.Create());
return await CommandLine.Run(root, args);
