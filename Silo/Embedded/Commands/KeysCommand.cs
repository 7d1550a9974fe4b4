using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Postgres;
using Ledger.Sqlite;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>API keys of a ledger, whether or not a server runs on it. Only a secret's SHA-256 is ever kept.</summary>
internal static class KeysCommand
{
    private const int SecretLength = 32;

    /// <summary>Crockford's base 32: no letter that is taken for a digit; 160 bits in 32 characters.</summary>
    private const string SecretAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int MaxNameLength = 64;

    private static readonly Dictionary<string, ApiKeyRole> Roles = new(StringComparer.Ordinal)
    {
        ["bank"] = ApiKeyRole.Bank,
        ["merchant"] = ApiKeyRole.Merchant,
        ["merchant-publishable"] = ApiKeyRole.MerchantPublishable,
        ["analyst"] = ApiKeyRole.Analyst,
        ["administrator"] = ApiKeyRole.Administrator,
    };

    private static readonly Option<string> Role = new("--role") { Description = "What the key may do.", Required = true };
    private static readonly Option<string> Tenant = new("--tenant") { Description = "Whose accounts and merchants it acts for; made where there is none of this name.", Required = true };
    private static readonly Option<string?> Label = new("--label") { Description = "The key's name in lists and at its revocation. Default: tenant, role and a number." };
    private static readonly Argument<string> Revoked = new("LABEL") { Description = "The label, as ./run keys list shows it." };

    public static DescribedCommand Create()
    {
        Role.AcceptOnlyFromAmong([.. Roles.Keys]);
        var keys = new DescribedCommand("keys", "List, create and revoke API keys.", "./run keys list", "./run keys create --role bank --tenant north_bank")
        {
            Subcommand("list", "List every key: label, tenant, role, and whether it was revoked.", "./run keys list", List),
            Subcommand("create", "Create a key and show its secret, this once.", "./run keys create --role bank --tenant north_bank --label north-settlement", CreateKey, Role, Tenant, Label),
            Revoke(),
        };
        return keys;
    }

    private static DescribedCommand Revoke()
    {
        var revoke = Subcommand("revoke", "Revoke a key; a running server refuses it within seconds.", "./run keys revoke north-settlement", RevokeKey);
        revoke.Arguments.Add(Revoked);
        return revoke;
    }

    private static DescribedCommand Subcommand(string name, string description, string example, Func<Screen, IRegistry, ParseResult, int> run, params Option[] options)
    {
        var command = new DescribedCommand(name, description, example) { DataDirectory.Option, LedgerPlace.Option, Screen.JsonOption };
        foreach (var option in options)
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var registry = LedgerPlace.Of(parsed) is { } database ? Open(database) : Open(parsed.GetValue(DataDirectory.Option)!);
            using ((IDisposable)registry)
                return run(Screen.Of(parsed), registry, parsed);
        });
        return command;
    }

    private static IRegistry Open(PostgresSettings database)
    {
        var schema = PostgresSchema.Read(database);
        return schema.IsCurrent ? new PostgresRegistry(database, TimeProvider.System) : throw new LedgerSchemaException(schema.Explain());
    }

    private static IRegistry Open(string directory)
    {
        var path = DataDirectory.LedgerFile(directory);
        var schema = LedgerSchema.Read(path);
        return schema.IsCurrent ? new SqliteRegistry(path) : throw new LedgerSchemaException(schema.Explain());
    }

    private static int List(Screen screen, IRegistry registry, ParseResult parsed)
    {
        var keys = registry.ListKeys();
        if (screen.IsJson)
        {
            Screen.WriteJson(new { data = keys.Select(static key => new { key.Label, tenant = key.TenantName, role = NameOf(key.Role), createdAt = Time(key.CreatedAtMs), revokedAt = Time(key.RevokedAtMs) }) });
            return ExitCode.Done;
        }

        if (keys.Count == 0)
            screen.Note("There are no keys. Create one: ./run keys create --role bank --tenant NAME");
        else
            screen.Write(Table(keys));
        return ExitCode.Done;
    }

    private static Table Table(IReadOnlyList<ApiKey> keys)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("label", "tenant", "role", "created", "revoked");
        foreach (var key in keys)
            table.AddRow(key.Label.EscapeMarkup(), key.TenantName.EscapeMarkup(), NameOf(key.Role), Time(key.CreatedAtMs)!, key.RevokedAtMs is { } at ? $"[red]{Time(at)}[/]" : "");
        return table;
    }

    private static int CreateKey(Screen screen, IRegistry registry, ParseResult parsed)
    {
        var role = Roles[parsed.GetValue(Role)!];
        var tenant = Name("--tenant", parsed.GetValue(Tenant)!);
        if (role is ApiKeyRole.Merchant or ApiKeyRole.MerchantPublishable)
            RefuseMerchant(tenant);
        var taken = registry.ListKeys().Select(static key => key.Label).ToHashSet(StringComparer.Ordinal);
        var label = parsed.GetValue(Label) is { } given ? Name("--label", given) : FreeLabel($"{tenant}-{NameOf(role)}", taken);
        if (taken.Contains(label))
            throw new CommandFailedException($"There is a key '{label}' already, or there was: give another --label.", ExitCode.Usage);
        var secret = $"{(role == ApiKeyRole.MerchantPublishable ? "pk" : "sk")}_live_{RandomNumberGenerator.GetString(SecretAlphabet, SecretLength)}";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        registry.AddKey(new ApiKey(label, registry.AddTenant(tenant), tenant, role, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), null), hash);
        // Adding changes nothing where the label exists: two people at once, one label, and one of them has no key.
        if (registry.FindKey(hash) is null)
            throw new CommandFailedException($"The label '{label}' was taken meanwhile: no key was made. Try again.");
        if (screen.IsJson)
            Screen.WriteJson(new { label, tenant, role = NameOf(role), secret });
        else
            Tell(screen, label, tenant, role, secret);
        return ExitCode.Done;
    }

    private static void Tell(Screen screen, string label, string tenant, ApiKeyRole role, string secret)
    {
        screen.Line($"[bold]{secret}[/]");
        screen.Line($"  {label.EscapeMarkup()}: {NameOf(role)} key of {tenant.EscapeMarkup()}. [yellow]Keep it now: only its SHA-256 is stored, it is never shown again.[/]");
    }

    private static int RevokeKey(Screen screen, IRegistry registry, ParseResult parsed)
    {
        var label = parsed.GetValue(Revoked)!;
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        if (!registry.RevokeKey(label, at))
            throw new CommandFailedException($"There is no valid key '{label}'.");
        if (screen.IsJson)
            Screen.WriteJson(new { label, revokedAt = Time(at) });
        else
            screen.Line($"Revoked {label.EscapeMarkup()}. A running server refuses it within seconds.");
        return ExitCode.Done;
    }

    private static string Name(string option, string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? name
            : throw new CommandFailedException($"{option}: 1 to {MaxNameLength} of letters, digits, '_', '-' and '.'.", ExitCode.Usage);

    // A merchant's name is the shard key of its accounts, the longest of which is NAME:balance:eur.
    private static void RefuseMerchant(string name)
    {
        if (!AccountId.TryParse(name + ":balance:eur", out var id) || id.IsSystem)
            throw new CommandFailedException("--tenant: a merchant's name has 1 to 22 letters, digits, '_' and '-', and is not 'system'.", ExitCode.Usage);
    }

    private static string FreeLabel(string start, HashSet<string> taken)
    {
        for (var number = 1; ; number++)
            if (!taken.Contains($"{start}-{number}"))
                return $"{start}-{number}";
    }

    private static string NameOf(ApiKeyRole role) => Roles.First(pair => pair.Value == role).Key;

    private static string? Time(long? ms) => ms is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'") : null;
}
