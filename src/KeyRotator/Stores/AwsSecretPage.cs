using System.Text.Json;

namespace KeyRotator.Stores;

/// <summary>A page of <c>ListSecrets</c>.</summary>
/// <param name="Secrets">The secrets.</param>
/// <param name="Next">Where the next page begins, or null where there is none.</param>
internal sealed record AwsSecretPage(IReadOnlyList<ListedSecret> Secrets, string? Next)
{
    /// <summary>Reads an answer.</summary>
    public static AwsSecretPage Read(JsonElement answer) =>
        new([.. answer.GetProperty("SecretList").EnumerateArray().Select(Secret)], AwsWire.OptionalText(answer, "NextToken"));

    private static ListedSecret Secret(JsonElement secret)
    {
        var labels = AwsWire.Labels(AwsWire.Member(secret, "SecretVersionsToStages"));
        return new(AwsWire.Text(secret, "Name"), AwsWire.Holder(labels, AwsSecretState.CurrentLabel))
        {
            Alias = AwsWire.OptionalText(secret, "ARN"),
            Tags = AwsWire.Tags(secret),
        };
    }
}
