using System.CommandLine;
using System.Text.Json;
using Ledger;
using Ledger.Sqlite;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>A consistent copy of the ledger, whether or not a server writes it.</summary>
internal static class BackupCommand
{
    private const string SandboxAdministratorKey = "sk_sandbox_admin";

    private static readonly Argument<string> Target = new("DIRECTORY") { Description = "Where the backup goes; it must not be there yet." };
    private static readonly Option<string> Key = ServerConnection.KeyOption(SandboxAdministratorKey, "the sandbox's administrator key");

    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "backup",
            "Copy the ledger, its key file and a manifest; a running server goes on meanwhile.",
            "./run backup ./backups/monday",
            "./run backup ./backups/monday --data /var/lib/payments --url http://127.0.0.1:9090")
        {
            Target, DataDirectory.Option, ServerConnection.Url, Key, Screen.JsonOption,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        var data = parsed.GetValue(DataDirectory.Option)!;
        var target = Path.GetFullPath(parsed.GetValue(Target)!);
        if (Path.Exists(target))
            throw new CommandFailedException($"'{target}' is there already: a backup makes a directory of its own.");
        DataDirectory.LedgerFile(data);
        if (Path.GetDirectoryName(target) is { } parent)
            Directory.CreateDirectory(parent);
        if (DataDirectory.IsInUse(data))
            await ThroughServer(screen, parsed, target, cancellationToken);
        else
            await OfClosed(screen, data, target, cancellationToken);
        var manifest = await screen.WithProgress("Checking the copy", "bytes", progress =>
            Task.Run(() => BackupManifest.Verify(target, (done, total) => progress.Report(new WorkDone(done, total)), cancellationToken)));
        if (screen.IsJson)
            Screen.WriteJson(new { directory = target, manifest.Bytes, manifest.LastPosition, manifest.CreatedAt });
        else
            screen.Line($"[green]Backed up[/] to {target.EscapeMarkup()}: {manifest.Bytes:N0} bytes, up to event {manifest.LastPosition:N0}. [grey]Its key file opens personal fields: keep it safe.[/]");
        return ExitCode.Done;
    }

    private static Task OfClosed(Screen screen, string data, string target, CancellationToken cancellationToken) =>
        screen.WithProgress("Copying", "pages", async progress =>
        {
            // No server may begin to write meanwhile.
            using var taken = DataDirectoryLock.Take(data);
            return await Task.Run(() => LedgerBackup.OfClosed(data, target, (done, total) => progress.Report(new WorkDone(done, total)), TimeProvider.System, cancellationToken));
        });

    private static async Task ThroughServer(Screen screen, ParseResult parsed, string target, CancellationToken cancellationToken)
    {
        using var server = new ServerConnection(parsed.GetValue(ServerConnection.Url)!, parsed.GetValue(Key)!);
        var made = await screen.WithProgress("The server copies", "pages", async progress =>
        {
            try
            {
                return await Ask(server, progress, cancellationToken);
            }
            catch (HttpRequestException exception)
            {
                throw server.Unreachable(exception);
            }
        });
        if (!Directory.Exists(made))
            throw new CommandFailedException($"The backup is made, but not on this machine: it is in '{made}' where the server runs.");
        LedgerBackup.Move(made, target);
    }

    private static async Task<string> Ask(ServerConnection server, IProgress<WorkDone> progress, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/backups");
        using var response = await server.Open(request, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            var told = JsonDocument.Parse(line).RootElement;
            if (told.Text("error") is { } error)
                throw new CommandFailedException($"The server made no backup: {error}");
            if (told.Text("directory") is { } directory)
                return directory;
            progress.Report(new WorkDone(told.GetProperty("done").GetInt64(), told.GetProperty("total").GetInt64()));
        }

        throw new CommandFailedException("The server ended before the backup was made.");
    }
}
