namespace Silo.Embedded.Commands.Fraud;

/// <summary>What analysts do from a terminal.</summary>
internal static class FraudCommand
{
    public static DescribedCommand Create() => new(
        "fraud", "Follow fraud decisions, try out rules on recorded payments, train the model.", "./run fraud watch --outcome review", "./run fraud backtest --rules changed.json", "./run fraud train")
    {
        FraudWatchCommand.Create(),
        BacktestCommand.Create(),
        TrainCommand.Create(),
    };
}
