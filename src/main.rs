//! The program: everything it does is in the library.

/// Assessments allocate many small things in several threads; the system's allocator takes a tenth more CPU for them,
/// and musl's much more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    kubeworthy::command::run().into()
}
