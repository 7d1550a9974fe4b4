using System.Text.Json.Serialization;
using Grains.Fraud.Model.Training;

namespace Grains.Fraud.Model;

/// <summary>A model with all that its file says of it.</summary>
public sealed record TrainedModel(ModelManifest Manifest, TreeEnsemble Trees, Calibration Calibration, PointsScale Points);

/// <summary>What a model is, where it comes from, and what it is worth.</summary>
public sealed record ModelManifest
{
    /// <summary>When it was trained and the first digits of a hash of its rows and parameters: <c>20250401T093000123Z-1f0c77aa</c>.</summary>
    public required string Version { get; init; }

    /// <summary>When it was trained; from a ledger, as of when: what was said later, it does not know.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>SHA-256 of the rows whose labels trained, see <see cref="TrainingTable.Hash"/>.</summary>
    public required string DataHash { get; init; }

    /// <summary>Names of the columns, in the order that trees count them.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    public required TrainingRows Rows { get; init; }

    public required TrainingTimes Times { get; init; }

    public required long LabelDelayMs { get; init; }

    public required BoostingParameters Boosting { get; init; }

    /// <summary>How many trees early stopping took.</summary>
    public required int Trees { get; init; }

    public required PlattLine Platt { get; init; }

    public required PointsParameters Points { get; init; }

    /// <summary>Where the labels of a ledger's payments came from; null for those of a file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LedgerLabelCounts? Labels { get; init; }

    /// <summary>On payments that trained nothing: from the cut on.</summary>
    public required ModelMetrics Metrics { get; init; }
}

/// <summary>How many payments took which part.</summary>
/// <param name="Growing">Grew trees until early stopping ended them.</param>
/// <param name="Stopping">Said how many trees, then grew them together with the growing ones.</param>
/// <param name="Calibrating">Found the calibration's line.</param>
/// <param name="Known">All three.</param>
/// <param name="KnownFrauds">Of them.</param>
/// <param name="Waiting">Before the cut, with a label that nobody knew yet: no part.</param>
/// <param name="Unseen">From the cut on.</param>
public sealed record TrainingRows(int Growing, int Stopping, int Calibrating, int Known, int KnownFrauds, int Waiting, int Unseen, int UnseenFrauds);

/// <summary>The first payment of each part; the last known and the last unseen one.</summary>
public sealed record TrainingTimes(DateTimeOffset From, DateTimeOffset StoppingFrom, DateTimeOffset CalibratingFrom, DateTimeOffset KnownUntil, DateTimeOffset Cut, DateTimeOffset Until);
