package io.bohrwerk.api.question;

import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

interface Comparisons extends JpaRepository<Comparison, UUID> {}
