using System.Text.Json;

namespace Crash;

/// <summary>An account's entries as read over HTTP, newest first; a later reading goes back to where the one before began.</summary>
internal sealed class Statement(string account)
{
    private readonly List<string> debits = [];
    private readonly List<string> credits = [];
    private string? newest;
    private long balance;

    /// <summary>Payments that it was debited for.</summary>
    public IEnumerable<string> Debits => debits;

    /// <summary>Payments that it was credited for.</summary>
    public IEnumerable<string> Credits => credits;

    public async Task Read(BankClient bank)
    {
        var entries = await Newer(bank);
        foreach (var entry in entries.AsEnumerable().Reverse())
        {
            var isDebit = entry.GetProperty("direction").GetString() == "debit";
            var amount = Cents.Of(entry, "amount");
            balance += isDebit ? -amount : amount;
            Assert.True(balance == Cents.Of(entry, "balanceAfter"), $"{account}: {entry.GetRawText()} does not follow on {Cents.Text(balance)}.");
            if (entry.GetProperty("paymentId").GetString() is { } payment)
                (isDebit ? debits : credits).Add(payment);
            newest = entry.GetProperty("id").GetString();
        }

        Assert.Equal(balance, Cents.Of((await bank.Read($"accounts/{account}")).GetProperty("balance"), "posted"));
        Assert.True(balance >= 0, $"{account} is overdrawn.");
    }

    private async Task<List<JsonElement>> Newer(BankClient bank)
    {
        var newer = new List<JsonElement>();
        for (var after = ""; ;)
        {
            var page = await bank.Read($"accounts/{account}/entries?limit=1000{after}");
            foreach (var entry in page.GetProperty("data").EnumerateArray())
            {
                if (entry.GetProperty("id").GetString() == newest)
                    return newer;
                newer.Add(entry);
            }

            if (!page.GetProperty("hasMore").GetBoolean())
            {
                Assert.True(newest is null, $"{account}: entry {newest} has gone.");
                return newer;
            }

            after = $"&after={page.GetProperty("next").GetString()}";
        }
    }
}
