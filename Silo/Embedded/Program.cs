using Silo.Embedded.Commands;
using Silo.Embedded.Commands.DemoTraffic;
using Silo.Embedded.Commands.Merchants;

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
root.Subcommands.Add(ShardsCommand.Create());
root.Subcommands.Add(AcquirerCommand.Create());
root.Subcommands.Add(ListenCommand.Create());
root.Subcommands.Add(TriggerCommand.Create());
return await CommandLine.Run(root, args);
