using System.CommandLine;
using Silo.Embedded.Commands;

var root = new RootCommand("Payments: a real-time payment processor. Without a command it serves: ./run --urls http://127.0.0.1:8080 --data ./data");
ServeCommand.AddTo(root);
return await root.Parse(args).InvokeAsync();
