namespace KeyRotator.Alerts;

/// <summary>A kind of receiver that is told in lines of text, without a network.</summary>
internal interface ILineChannel
{
    /// <summary>One message: one line of UTF-8, its line feed included.</summary>
    byte[] CreateLine(Alert alert);
}
