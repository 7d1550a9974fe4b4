using System.Text.Json;
using Grains.Interfaces.Fraud;

namespace Simulation;

/// <summary>The case of a held payment, with every state that it went through.</summary>
internal sealed class BankCase(long number, BankPayment payment, FraudCase opened)
{
    private readonly List<FraudCase> states = [opened];

    public long Number => number;

    public BankPayment Payment => payment;

    public FraudCase Now => states[^1];

    public bool IsOpen => Now.Status == CaseStatus.Open;

    public void Become(FraudCase next) => states.Add(next);

    /// <summary>The state of a version; null where there was none of it.</summary>
    public FraudCase? State(int version) => version >= 1 && version <= states.Count ? states[version - 1] : null;

    /// <summary>A case as text, to compare all of it.</summary>
    public static string Text(FraudCase state) => JsonSerializer.Serialize(state, FraudJson.Default.FraudCase);
}
