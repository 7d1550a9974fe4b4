namespace Silo.Embedded.Commands.Fraud;

/// <summary>What is done about fraud away from the payments themselves.</summary>
internal static class FraudCommand
{
    public static DescribedCommand Create() =>
        new("fraud", "Try out fraud rules on recorded payments; train the fraud model.", "./run fraud backtest --rules changed.json", "./run fraud train --csv payments.csv.gz") { BacktestCommand.Create(), TrainCommand.Create() };
}
