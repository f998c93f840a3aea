using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace ImageRights.Matching.Index;

/// <summary>A file as it is now, in the memory that the system keeps of files: nothing is copied, nothing is cleared, and what has not been looked at for long is given to whoever needs it.</summary>
/// <remarks>Whoever looks at bytes that the file has lost or the disk cannot read ends the process, so the file must not become shorter; it may grow. The memory goes with the last that holds a part of it.</remarks>
internal sealed class MappedFile
{
    private readonly SafeMemoryMappedViewHandle view;

    /// <exception cref="IOException">The file system maps no files.</exception>
    public MappedFile(FileStream file)
    {
        using var mapping = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        // The handle keeps the view; the accessor would take it along.
        view = mapping.CreateViewAccessor(0, file.Length, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle;
    }

    /// <summary>Bytes of the file.</summary>
    public ReadOnlyMemory<byte> Part(long offset, int length) =>
        offset + length <= (long)view.ByteLength ? new View(view, offset, length).Memory : throw new ArgumentOutOfRangeException(nameof(length));

    private sealed unsafe class View(SafeMemoryMappedViewHandle view, long offset, int length) : MemoryManager<byte>
    {
        private readonly byte* first = (byte*)view.DangerousGetHandle() + offset;

        // As long as a part is held, so is the view.
        private readonly SafeMemoryMappedViewHandle kept = view;

        public override Span<byte> GetSpan() => new(first, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(first + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
