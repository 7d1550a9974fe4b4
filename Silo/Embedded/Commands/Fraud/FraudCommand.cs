namespace Silo.Embedded.Commands.Fraud;

/// <summary>What is done about fraud away from the payments themselves.</summary>
internal static class FraudCommand
{
    public static DescribedCommand Create() =>
        new("fraud", "Train the fraud model.", "./run fraud train --csv payments.csv.gz") { TrainCommand.Create() };
}
