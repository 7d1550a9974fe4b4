using System.Text.Json;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Fraud;

/// <summary>What the row of a case says in the clear (<see cref="CaseBook.Data"/>): the case as it left it.</summary>
/// <param name="Payment">The number of its payment.</param>
/// <param name="Resolution">Null while it is open.</param>
internal readonly record struct CaseRow(long Payment, CaseResolution? Resolution, CaseLabel? Label)
{
    /// <summary>Null where the row is not of the case of an instant payment: one of a card payment names its intent.</summary>
    /// <exception cref="InvalidDataException">It is of a newer release, or damaged.</exception>
    public static CaseRow? Read(LogRow row)
    {
        if (!row.Type.IsOfFraud() || row.Data is null)
            return null;
        using var data = JsonDocument.Parse(row.Data);
        if (!data.RootElement.TryGetProperty("paymentId"u8, out var id))
            return null;
        if (!PaymentId.TryParse(id.GetString(), out var payment))
            return null;
        return new CaseRow(payment.Number, Word<CaseResolution>(row, data, "resolution"), Word<CaseLabel>(row, data, "label"));
    }

    private static T? Word<T>(LogRow row, JsonDocument data, string name)
        where T : struct, Enum
    {
        if (!data.RootElement.TryGetProperty(name, out var word))
            return null;
        foreach (var known in Enum.GetValues<T>())
            if (known.Word() == word.GetString())
                return known;
        throw new InvalidDataException($"Row {row.Id} has the {name} '{word.GetString()}', which is unknown to this release.");
    }
}
