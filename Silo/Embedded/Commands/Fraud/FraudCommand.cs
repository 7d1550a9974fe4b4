namespace Silo.Embedded.Commands.Fraud;

/// <summary>What analysts do from a terminal.</summary>
internal static class FraudCommand
{
    public static DescribedCommand Create() => new("fraud", "Fraud decisions and cases, as analysts see them.", "./run fraud watch --outcome review")
    {
        FraudWatchCommand.Create(),
    };
}
