using Gateway;
using Ledger;
using Microsoft.Extensions.Options;
using Silo.Embedded.Commands;

namespace Silo.Embedded;

/// <summary>Serves the embedded edition until it is told to stop, then drains.</summary>
internal static class Server
{
    public static async Task<int> Run(ServeOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await Serve(options, cancellationToken);
        }
        catch (LedgerDamagedException damage)
        {
            var place = options.Ledger.Count == 0 ? $"in the data directory '{Path.GetFullPath(options.Data)}'" : "in the database";
            await Console.Error.WriteLineAsync($"The ledger {place} is damaged. {damage.Message} Nothing was overwritten.");
            return 1;
        }
        catch (Exception exception) when (exception is DataDirectoryInUseException or LedgerSchemaException or LedgerStoreException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (Exception exception) when (exception is OptionsValidationException or System.ComponentModel.DataAnnotations.ValidationException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    private static async Task<int> Serve(ServeOptions options, CancellationToken cancellationToken)
    {
        var builder = CreateBuilder(options, out var sandbox);
        // The framework's own request lines hold whole URLs, and whatever a caller puts there by mistake.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        var loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole());
        // The command line names all shards: one more that the environment names is not meant.
        foreach (var shard in options.Ledger.Count == 0 ? [] : builder.Configuration.GetSection(Hosting.ShardsSetting).GetChildren())
            shard.Value = "";
        foreach (var (shard, connection) in options.Ledger.Index())
            builder.Configuration[$"{Hosting.ShardsSetting}:{shard}"] = connection;
        var acquirer = builder.Configuration.AcquirerOptions();
        acquirer.IsSandbox = sandbox;
        var ledger = builder.Configuration.OpenLedger(options.Data, builder.Environment, TimeProvider.System);
        await using var edition = EmbeddedEdition.Open(ledger, options.Data, builder.Configuration.LedgerOptions(), new EmbeddedGrainsOptions(), loggers, TimeProvider.System, acquirer, risk: builder.Configuration.RiskOptions(sandbox));
        builder.Services.AddEmbeddedEdition(edition);
        builder.Services.AddGateway(builder.Configuration, sandbox);
        builder.Services.AddSingleton(EmbeddedBackups.Of(
            edition, options.Data, builder.Configuration[EmbeddedBackups.DirectorySetting] ?? Path.Combine(options.Data, "backups"), TimeProvider.System));
        await using var app = builder.Build();
        app.MapGateway();
        _ = edition.Ended.ContinueWith(_ => app.Lifetime.StopApplication(), TaskContinuationOptions.OnlyOnFaulted);
        await app.StartAsync(cancellationToken);
        Banner.Print(app.Urls.First(), ledger.IsShared ? "in PostgreSQL" : Path.GetFullPath(options.Data), sandbox);
        await app.WaitForShutdownAsync(cancellationToken);
        if (!edition.Ended.IsFaulted)
            return 0;
        await Console.Error.WriteLineAsync($"The ledger's thread ended by a fault of ours; nothing that was not answered is promised: {edition.Ended.Exception}");
        return 1;
    }

    private static WebApplicationBuilder CreateBuilder(ServeOptions options, out bool sandbox)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            EnvironmentName = Hosting.EnvironmentName,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        sandbox = Hosting.IsSandbox(builder.Environment, builder.Configuration, options.Urls, options.SandboxAnywhere);
        return builder;
    }
}
