using System.Text.Json;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Gateway.Accounts;

/// <summary>An account as JSON.</summary>
internal static class AccountJson
{
    public static void Write(Utf8JsonWriter json, AccountSnapshot account) => Write(json, account, null);

    /// <param name="use">What is used of each limited window, where that is asked for.</param>
    /// <param name="funded">What a funding event added, in minor units.</param>
    /// <param name="reason">What was given as the reason of a change of its status.</param>
    public static void Write(Utf8JsonWriter json, AccountSnapshot account, LimitsUse? use, long? funded = null, string? reason = null)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, account.Id.Value);
        json.WriteString("currency"u8, account.Currency.Code);
        json.WriteString("status"u8, account.Status.Name());
        json.WriteString("name"u8, account.Name);
        WriteBalance(json, account.Balance, account.Currency);
        json.WriteAmount("floor"u8, account.Floor, account.Currency);
        json.WritePropertyName("limits"u8);
        LimitsJson.Write(json, account.Limits, use, account.Currency);
        if (funded is { } amount)
            json.WriteAmount("amount"u8, amount, account.Currency);
        if (reason is not null)
            json.WriteString("reason"u8, reason);
        json.WriteEndObject();
    }

    public static string Name(this AccountStatus status) => status switch
    {
        AccountStatus.Open => "open",
        AccountStatus.Frozen => "frozen",
        AccountStatus.Closed => "closed",
    };

    private static void WriteBalance(Utf8JsonWriter json, AccountBalance balance, Currency currency)
    {
        json.WriteStartObject("balance"u8);
        json.WriteAmount("posted"u8, balance.Posted, currency);
        json.WriteAmount("pendingDebits"u8, balance.PendingDebits, currency);
        json.WriteAmount("pendingCredits"u8, balance.PendingCredits, currency);
        json.WriteAmount("available"u8, balance.Available, currency);
        json.WriteEndObject();
    }
}
