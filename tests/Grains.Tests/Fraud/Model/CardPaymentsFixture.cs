using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;

namespace Grains.Tests.Fraud.Model;

/// <summary>The simulated card payments with their features, and the model that is trained on them out of the box; made once.</summary>
public sealed class CardPaymentsFixture
{
    public static readonly TrainingRequest Request = new() { LabelDelay = TimeSpan.FromDays(7) };

    private readonly Lazy<(TrainingTable Table, TrainedModel Model)> made = new(static () =>
    {
        var table = CardReplay.Table(CardPaymentsCsv.ReadFile(MaterialFactAttribute.Path), Request.LabelDelay);
        return (table, ModelTraining.Train(table, Request, DateTimeOffset.UnixEpoch));
    });

    public TrainingTable Table => made.Value.Table;

    public TrainedModel Model => made.Value.Model;
}
