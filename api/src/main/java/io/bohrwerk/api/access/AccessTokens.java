package io.bohrwerk.api.access;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

interface AccessTokens extends JpaRepository<AccessToken, UUID> {
    Optional<AccessToken> findByHash(String hash);

    @Query("from AccessToken where position < :below order by position desc")
    List<AccessToken> below(long below, Limit limit);
}
