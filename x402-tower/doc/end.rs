# Ok::<_, Box<dyn std::error::Error>>(())
# })?;
# Ok::<_, Box<dyn std::error::Error>>(())
