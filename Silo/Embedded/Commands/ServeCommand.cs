using System.CommandLine;

namespace Silo.Embedded.Commands;

/// <summary>The main job: serves until it is told to stop.</summary>
internal static class ServeCommand
{
    public static void AddTo(RootCommand root)
    {
        var urls = new Option<string>("--urls") { Description = "Addresses to listen on, separated by ';'.", DefaultValueFactory = static _ => "http://127.0.0.1:8080" };
        var data = new Option<string>("--data") { Description = "The data directory; made where it is missing.", DefaultValueFactory = static _ => "./data" };
        var sandbox = new Option<bool>("--sandbox") { Description = "Serve the sandbox on an address that is not loopback, too." };
        root.Options.Add(urls);
        root.Options.Add(data);
        root.Options.Add(sandbox);
        root.SetAction((parsed, cancellationToken) => Server.Run(
            new ServeOptions(parsed.GetValue(urls)!, parsed.GetValue(data)!, parsed.GetValue(sandbox)), cancellationToken));
    }
}

internal sealed record ServeOptions(string Urls, string Data, bool SandboxAnywhere);
