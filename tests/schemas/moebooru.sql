-- Moebooru's tables as far as search needs them, for PostgreSQL. Statements stand apart by an empty line.

CREATE TYPE post_status AS ENUM ('deleted', 'flagged', 'pending', 'active');

CREATE FUNCTION nat_sort(t text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT coalesce(string_agg(CASE WHEN part[1] ~ '^[0-9]' THEN lpad(part[1], greatest(10, length(part[1])), '0') ELSE part[1] END, ''), '')
    FROM regexp_matches(t, '[0-9]+|[^0-9]+', 'g') AS part
$$;

CREATE TABLE posts (
    id integer PRIMARY KEY,
    created_at timestamptz NOT NULL,
    updated_at timestamptz,
    index_timestamp timestamptz NOT NULL DEFAULT now(),
    user_id integer,
    approver_id integer,
    source text NOT NULL DEFAULT '',
    file_ext text NOT NULL DEFAULT '',
    md5 text NOT NULL,
    rating character(1) NOT NULL DEFAULT 'q',
    width integer,
    height integer,
    ratio numeric GENERATED ALWAYS AS (round(width::numeric / greatest(1, height)::numeric, 3)) STORED,
    file_size integer NOT NULL DEFAULT 0,
    score integer NOT NULL DEFAULT 0,
    status post_status NOT NULL DEFAULT 'active',
    is_pending boolean NOT NULL DEFAULT false,
    is_held boolean NOT NULL DEFAULT false,
    is_rating_locked boolean NOT NULL DEFAULT false,
    is_note_locked boolean NOT NULL DEFAULT false,
    is_shown_in_index boolean NOT NULL DEFAULT true,
    parent_id integer,
    has_children boolean NOT NULL DEFAULT false,
    cached_tags text NOT NULL DEFAULT '',
    tags_array varchar[],
    last_commented_at timestamptz,
    last_noted_at timestamptz,
    random real NOT NULL DEFAULT random()
);

CREATE FUNCTION posts_tags_array_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.cached_tags <> OLD.cached_tags THEN
        NEW.tags_array := string_to_array(NEW.cached_tags, ' ');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER posts_tags_array_update BEFORE INSERT OR UPDATE ON posts
    FOR EACH ROW EXECUTE FUNCTION posts_tags_array_update();

CREATE UNIQUE INDEX idx_posts__md5 ON posts (md5);

CREATE INDEX index_posts_on_tags_array ON posts USING gin (tags_array);

CREATE INDEX idx_posts__created_at ON posts (created_at);

CREATE INDEX index_posts_on_index_timestamp ON posts (index_timestamp);

CREATE INDEX idx_posts__user ON posts (user_id) WHERE user_id IS NOT NULL;

CREATE INDEX idx_posts_parent_id ON posts (parent_id) WHERE parent_id IS NOT NULL;

CREATE INDEX idx_posts__last_commented_at ON posts (last_commented_at) WHERE last_commented_at IS NOT NULL;

CREATE INDEX idx_posts__last_noted_at ON posts (last_noted_at) WHERE last_noted_at IS NOT NULL;

CREATE INDEX post_status_idx ON posts (status) WHERE status < 'active';

CREATE INDEX posts_mpixels ON posts (((width * height)::numeric / 1000000.0));

CREATE INDEX index_posts_on_source ON posts (source);

CREATE INDEX index_posts_on_width ON posts (width);

CREATE INDEX index_posts_on_height ON posts (height);

CREATE TABLE tags (
    id integer PRIMARY KEY,
    name text NOT NULL,
    post_count integer NOT NULL DEFAULT 0,
    safe_post_count integer NOT NULL DEFAULT 0,
    tag_type smallint NOT NULL DEFAULT 0,
    is_ambiguous boolean NOT NULL DEFAULT false
);

CREATE UNIQUE INDEX idx_tags__name ON tags (name);

CREATE INDEX idx_tags__post_count ON tags (post_count);

CREATE TABLE posts_tags (
    post_id integer NOT NULL REFERENCES posts ON DELETE CASCADE,
    tag_id integer NOT NULL REFERENCES tags ON DELETE CASCADE
);

CREATE UNIQUE INDEX index_posts_tags_on_post_id_and_tag_id ON posts_tags (post_id, tag_id);

CREATE INDEX idx_posts_tags__post ON posts_tags (post_id);

CREATE INDEX idx_posts_tags__tag ON posts_tags (tag_id);

CREATE FUNCTION trg_posts_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE tags SET post_count = post_count + 1 WHERE id = NEW.tag_id;
        RETURN NEW;
    END IF;
    UPDATE tags SET post_count = post_count - 1 WHERE id = OLD.tag_id;
    RETURN OLD;
END
$$;

CREATE TRIGGER trg_posts_tags BEFORE INSERT OR DELETE ON posts_tags FOR EACH ROW EXECUTE FUNCTION trg_posts_tags();

CREATE TABLE tag_aliases (
    id integer PRIMARY KEY,
    name text NOT NULL,
    alias_id integer NOT NULL,
    is_pending boolean NOT NULL DEFAULT false,
    reason text NOT NULL DEFAULT '',
    creator_id integer
);

CREATE UNIQUE INDEX idx_tag_aliases__name ON tag_aliases (name);

CREATE TABLE tag_implications (
    id integer PRIMARY KEY,
    predicate_id integer NOT NULL,
    consequent_id integer NOT NULL,
    is_pending boolean NOT NULL DEFAULT false,
    reason text NOT NULL DEFAULT '',
    creator_id integer
);

CREATE TABLE pools (
    id integer PRIMARY KEY,
    name text NOT NULL,
    user_id integer NOT NULL,
    is_public boolean NOT NULL DEFAULT true,
    is_active boolean NOT NULL DEFAULT true,
    post_count integer NOT NULL DEFAULT 0,
    description text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE INDEX idx_pools__name_nat ON pools (nat_sort(name));

CREATE TABLE pools_posts (
    id integer PRIMARY KEY,
    pool_id integer NOT NULL,
    post_id integer NOT NULL,
    sequence text NOT NULL DEFAULT '0',
    next_post_id integer,
    prev_post_id integer,
    active boolean NOT NULL DEFAULT true
);

CREATE INDEX pools_posts_pool_id_idx ON pools_posts (pool_id);

CREATE INDEX pools_posts_post_id_idx ON pools_posts (post_id);

CREATE INDEX index_pools_posts_on_active ON pools_posts (active);

CREATE INDEX idx_pools_posts__sequence_nat ON pools_posts (nat_sort(sequence));

CREATE FUNCTION pools_posts_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.active THEN
        UPDATE pools SET post_count = post_count + 1 WHERE id = NEW.pool_id;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER pools_posts_insert_trg BEFORE INSERT ON pools_posts FOR EACH ROW EXECUTE FUNCTION pools_posts_count();

CREATE TABLE post_votes (
    id integer PRIMARY KEY,
    user_id integer NOT NULL,
    post_id integer NOT NULL,
    score integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX post_votes_user_id_key ON post_votes (user_id, post_id);

CREATE INDEX index_post_votes_on_post_id ON post_votes (post_id);

CREATE INDEX index_post_votes_on_user_id ON post_votes (user_id);

CREATE INDEX index_post_votes_on_user_id_and_id ON post_votes (user_id, id);

CREATE TABLE comments (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    user_id integer,
    body text NOT NULL,
    ip_addr inet NOT NULL,
    is_spam boolean,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    text_search_index tsvector
);

CREATE INDEX idx_comments__post ON comments (post_id);

CREATE INDEX comments_text_search_idx ON comments USING gin (text_search_index);

CREATE TABLE notes (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    user_id integer,
    x integer NOT NULL,
    y integer NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    version integer NOT NULL DEFAULT 1,
    is_active boolean NOT NULL DEFAULT true,
    body text NOT NULL,
    ip_addr inet NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    text_search_index tsvector
);

CREATE INDEX idx_notes__post ON notes (post_id);

CREATE INDEX notes_text_search_idx ON notes USING gin (text_search_index);

CREATE FUNCTION body_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.text_search_index := to_tsvector('pg_catalog.english', NEW.body);
    RETURN NEW;
END
$$;

CREATE TRIGGER trg_comment_search_update BEFORE INSERT OR UPDATE ON comments
    FOR EACH ROW EXECUTE FUNCTION body_search_update();

CREATE TRIGGER trg_note_search_update BEFORE INSERT OR UPDATE ON notes
    FOR EACH ROW EXECUTE FUNCTION body_search_update();

CREATE TABLE note_versions (
    id integer PRIMARY KEY,
    note_id integer NOT NULL,
    post_id integer NOT NULL,
    user_id integer,
    x integer NOT NULL,
    y integer NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    version integer NOT NULL DEFAULT 1,
    is_active boolean NOT NULL DEFAULT true,
    body text NOT NULL,
    ip_addr inet NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE INDEX idx_note_versions__post ON note_versions (post_id);

CREATE INDEX index_note_versions_on_user_id ON note_versions (user_id);

CREATE TABLE flagged_post_details (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    user_id integer,
    reason text NOT NULL,
    is_resolved boolean NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE INDEX index_flagged_post_details_on_post_id ON flagged_post_details (post_id);

CREATE INDEX index_flagged_post_details_on_created_at ON flagged_post_details (created_at);

CREATE TABLE users (
    id integer PRIMARY KEY,
    name text NOT NULL,
    name_normalized varchar(255) NOT NULL,
    password_hash text NOT NULL,
    level integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX idx_users__name ON users (lower(name));

CREATE UNIQUE INDEX index_users_on_name_normalized ON users (name_normalized);
