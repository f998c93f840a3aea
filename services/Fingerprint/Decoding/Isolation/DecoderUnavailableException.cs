namespace ImageRights.Fingerprint.Decoding.Isolation;

/// <summary>No decoder process can be had: a broken installation or a machine short of resources, never the picture's fault. Worth another try.</summary>
public sealed class DecoderUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
